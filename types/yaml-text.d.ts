/** esbuild puts the text of the file into the bundle. */
declare module '*.yaml' {
  const text: string;
  export default text;
}

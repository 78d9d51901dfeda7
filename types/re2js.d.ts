/** What is used of re2js: RE2, the engine of Go's regexp, in JavaScript. */
declare module 're2js' {
  export class RE2JS {
    /** @throws RE2JSException for what is no expression of RE2 */
    static compile(expression: string): RE2JS;
    /** Whether it is found anywhere in the text, in time linear in its length. */
    test(text: string): boolean;
  }
}

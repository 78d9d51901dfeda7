/** The value of a field that a map itself has: `valueOf` and `__proto__` are names of fields like any other. */
export function ownField(map: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Sets a field of a map, whatever its name: assigning `__proto__` would set no field. */
export function setField(map: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The TypeScript module that holds encode.wat, compiled. */
export function encoderModule(): Promise<string>

/** A text as one word of a command of bash. */
export function shellWord(text: string): string {
  return /^[\w./=@%+,:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

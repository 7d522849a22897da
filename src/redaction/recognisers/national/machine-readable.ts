/** Whether the last digit is the check digit of what stands before it in a travel document (ICAO 9303, weights 7, 3, 1). */
export function machineReadable(compact: string): boolean {
  let sum = 0;
  for (let at = 0; at < compact.length - 1; at++)
    sum += Number.parseInt(compact.charAt(at), 36) * ([7, 3, 1][at % 3] as number);
  return sum % 10 === Number(compact.slice(-1)) && /\d.*\d/.test(compact);
}

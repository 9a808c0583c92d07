/**
 * Tries a job with longer and longer timeouts (in seconds) until its program came far enough to be ended: a busy machine
 * may need seconds to start it. Resolves to what the last try gave.
 */
export async function timeOut<T>(
  attempt: (timeout: number) => Promise<T>,
  cameFarEnough: () => boolean,
): Promise<T> {
  const given = await attempt(1.5);
  if (cameFarEnough()) return given;
  const longer = await attempt(6);
  return cameFarEnough() ? longer : attempt(24);
}

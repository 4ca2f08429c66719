/** What the tests of the conversation compare by. */

/** Throws where the two differ in what JSON says of them. @param {unknown} actual @param {unknown} expected @param {string} what */
export function assertEqual(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}\n  shown:  ${a}\n  stored: ${b}`);
}

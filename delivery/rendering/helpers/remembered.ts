/** A function of one number that remembers its answers: prices repeat, and formatting one costs as much as a line of a mail. */
export function remembered(format: (value: number) => string, most = 5_000): (value: number) => string {
  const known = new Map<number, string>();
  return (value) => {
    const answer = known.get(value);
    if (answer !== undefined) return answer;
    // Beginning anew is rare and costs less than keeping the order of use.
    if (known.size >= most) known.clear();
    const made = format(value);
    known.set(value, made);
    return made;
  };
}

/** A function that remembers up to so many of its answers; then it begins anew, which is rare and costs less than keeping the order of use. */
export function remembered<Key, Value>(make: (key: Key) => Value, most = 5_000): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const answer = known.get(key);
    if (answer !== undefined) return answer;
    if (known.size >= most) known.clear();
    const made = make(key);
    known.set(key, made);
    return made;
  };
}

/**
 * Reads one by one what is asked for one by one, and together what is asked for at the same time: a list of a thousand
 * messages, each of which asks for its own order, is one statement.
 *
 * @param readAll called with each key once; what it does not find is left out of its answer
 */
export function readTogether<Key, Value>(
  readAll: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  let gathering: { readonly keys: Set<Key>; readonly found: Promise<ReadonlyMap<Key, Value>> } | undefined;

  function gather() {
    const keys = new Set<Key>();
    const found = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      gathering = undefined;
      return readAll([...keys]);
    });
    return { keys, found };
  }

  return async (key) => {
    gathering ??= gather();
    const { keys, found } = gathering;
    keys.add(key);
    return (await found).get(key);
  };
}

/**
 * As few words as tell things apart: of each its first, and every further one in which it differs
 * from something whose words before are the same. Two come out equal only where all words are.
 * @param items the words of each in one order of kinds; "" where there is nothing to say.
 */
export const distinct = (items: readonly (readonly string[])[]): string[][] =>
  items.map((words) =>
    words.filter((word, i) => {
      const before = words.slice(0, i);
      const isTold = (other: readonly string[]) =>
        other[i] !== word && before.every((shared, j) => other[j] === shared);
      return word !== "" && (i === 0 || items.some(isTold));
    }),
  );

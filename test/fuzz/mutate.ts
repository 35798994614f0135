import fc from "fast-check";

/** Valid inputs, damaged in a few places: what gets past a parser's first look. */

const lengths = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff];

type ByteEdit = (bytes: Buffer) => Buffer;

// fast-check prefers small numbers; places should be everywhere alike.
const even = fc.nat({ max: 9999 }).map((n) => (n * 7919) % 10_000);
const place = even.map((n) => n / 10_000);
const at = (fraction: number, length: number): number => Math.floor(fraction * length);

const byteEdit: fc.Arbitrary<ByteEdit> = fc.oneof(
  fc.tuple(place, fc.nat({ max: 255 })).map(([where, value]): ByteEdit => (bytes) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[Math.min(at(where, copy.length), copy.length - 1)] = value;
    return copy;
  }),
  fc
    .tuple(place, fc.constantFrom(...lengths), fc.constantFrom("LE", "BE"))
    .map(([where, value, order]): ByteEdit => (bytes) => {
      if (bytes.length < 4) return bytes;
      const copy = Buffer.from(bytes);
      copy[`writeUInt32${order}`](value, Math.min(at(where, copy.length), copy.length - 4));
      return copy;
    }),
  fc.tuple(place, place).map(
    ([a, b]): ByteEdit =>
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, at(Math.min(a, b), bytes.length)),
          bytes.subarray(at(Math.max(a, b), bytes.length)),
        ]),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 40 })).map(
    ([where, more]): ByteEdit =>
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, at(where, bytes.length)),
          more,
          bytes.subarray(at(where, bytes.length)),
        ]),
  ),
  fc.tuple(place, place, place).map(([from, to, where]): ByteEdit => (bytes) => {
    const piece = bytes.subarray(at(from, bytes.length), at(to, bytes.length));
    const target = at(where, bytes.length);
    return Buffer.concat([bytes.subarray(0, target), piece, bytes.subarray(target)]);
  }),
);

const apply = <T>(value: T, edits: readonly ((value: T) => T)[]): T =>
  edits.reduce((result, edit) => edit(result), value);

export const damagedBytes = (...valid: Buffer[]): fc.Arbitrary<Buffer> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(...valid), fc.array(byteEdit, { minLength: 1, maxLength: 4 }))
        .map(([bytes, edits]) => apply(bytes, edits)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  );

type TextEdit = (text: string) => string;

const textEdit = (tokens: readonly string[]): fc.Arbitrary<TextEdit> =>
  fc.oneof(
    fc
      .tuple(
        place,
        fc.oneof(fc.constantFrom(...tokens), fc.string({ unit: "binary", maxLength: 12 })),
      )
      .map(
        ([where, more]): TextEdit =>
          (text) =>
            text.slice(0, at(where, text.length)) + more + text.slice(at(where, text.length)),
      ),
    fc.tuple(place, fc.nat({ max: 40 })).map(
      ([where, length]): TextEdit =>
        (text) =>
          text.slice(0, at(where, text.length)) + text.slice(at(where, text.length) + length),
    ),
    fc.tuple(place, fc.constantFrom(...tokens), fc.nat({ max: 2000 })).map(
      ([where, token, times]): TextEdit =>
        (text) =>
          text.slice(0, at(where, text.length)) +
          token.repeat(times) +
          text.slice(at(where, text.length)),
    ),
    place.map(
      (where): TextEdit =>
        (text) =>
          text.slice(0, at(where, text.length)),
    ),
  );

/** @param tokens pieces that mean something in the language */
export const damagedText = (valid: string, tokens: readonly string[]): fc.Arbitrary<string> =>
  fc.array(textEdit(tokens), { minLength: 1, maxLength: 4 }).map((edits) => apply(valid, edits));

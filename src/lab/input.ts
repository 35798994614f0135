/** Only a type: what a task's code holds in its hands for this input. */
declare const gives: unique symbol;

/**
 * Something to be read before any run: plain JSON that says where. What is read is hashed, and the
 * hash, not the place, decides about results.
 */
export interface Data<V = unknown> {
  source: { reader: string } & Record<string, unknown>;
  readonly [gives]?: V;
}

export const isData = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && "source" in value;

export type Gives<D> = D extends { readonly [gives]?: infer V } ? Exclude<V, undefined> : never;

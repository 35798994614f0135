import { z } from "astro/zod";
import { UserError } from "../error.ts";
import { parse } from "./parse.ts";

// Schemas are made by functions: the code of a task imports #lab/task too, and what its bundle does
// not call leaves no trace in its key.

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const isSchema = (value: unknown): boolean => isObject(value) && "safeParse" in value;

const schema = () => z.custom(isSchema, "is no schema, e.g. z.number()");

const work = (what: string) =>
  z.custom((value) => typeof value === "function", `is no function, e.g. ${what}`);

const scaling = () => ({
  unit: z.string().optional(),
  log: z.boolean().optional(),
  better: z.enum(["higher", "lower"]).optional(),
});

const presentation = () => ({ label: z.string().optional(), publish: z.boolean().optional() });

const range = () => z.tuple([z.number(), z.number()]).optional();

const Field = () => z.strictObject({ label: z.string().optional(), ...scaling() });

const Column = () =>
  z.strictObject({
    label: z.string("is no column: write x(…), y(…) or row(…)"),
    range: range(),
    ...scaling(),
    role: z.enum(["x", "y", "row"]),
  });

const Output = () =>
  z.discriminatedUnion(
    "kind",
    [
      z.strictObject({
        ...presentation(),
        ...scaling(),
        fields: z.record(z.string(), Field()).optional(),
        kind: z.literal("value"),
        schema: schema(),
      }),
      z.strictObject({
        ...presentation(),
        kind: z.literal("table"),
        columns: z.record(z.string(), Column()),
      }),
      z.strictObject({
        ...presentation(),
        colours: z.enum(["grey", "cividis", "diverging"]).optional(),
        scale: z.enum(["array", "row"]).optional(),
        range: range(),
        kind: z.literal("arrays"),
        dimensions: z.record(z.string(), z.array(z.string())).nullable(),
      }),
      z.strictObject({
        ...presentation(),
        extension: z.string(),
        kind: z.literal("file"),
        media: z.string(),
      }),
    ],
    "is no output: write value(…), table(…), arrays(…), tiles(…), file(…) or model(…)",
  );

const Task = () =>
  z.strictObject({
    name: z.string(),
    params: schema(),
    inputs: work("(params) => ({ … })").optional(),
    outputs: z.record(z.string(), Output()),
    code: z.custom(
      (value) => value instanceof URL || (isObject(value) && "argv" in value),
      'is neither new URL("code.ts", import.meta.url) nor command(…)',
    ),
    needs: work("(params) => ({ seconds: 1 })").optional(),
  });

const Table = () =>
  z.strictObject({
    title: z.string().optional(),
    over: z.record(z.string(), z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())])),
    axes: z
      .record(
        z.string(),
        z.strictObject({
          label: z.string().optional(),
          repeats: z.boolean().optional(),
          ...axisScaling(),
        }),
      )
      .optional(),
    run: work("({ seed }) => ({ seed })"),
  });

const axisScaling = () => {
  const { unit, log } = scaling();
  return { unit, log };
};

const isTable = (value: unknown): boolean => isObject(value) && "rows" in value && "task" in value;

const Study = () =>
  z.strictObject({
    title: z.string(),
    description: z.string().optional(),
    tables: z.record(z.string(), z.custom(isTable, "is no table: write task.table({ over, run })")),
  });

const Command = () =>
  z.strictObject({
    folder: z.union([z.instanceof(URL), z.string()]),
    reads: z.array(z.string()),
    passes: z.array(z.string()).optional(),
    limitSeconds: z.number().positive().optional(),
  });

const isName = (text: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

/** @throws UserError for misspelt keys and wrong values, a name that is not lower-case words, or outputs that a file cannot be named after. */
export function checkTask(declared: { name: string; outputs: object }): void {
  const { name } = declared;
  if (typeof name === "string" && !isName(name)) {
    throw new UserError(`task name “${name}” is not lower-case words joined by hyphens`);
  }
  parse(Task(), declared, name ? `task “${name}”` : "a task");
  const odd = Object.keys(declared.outputs).find((key) => !/^[a-zA-Z][\w-]*$/.test(key));
  if (odd !== undefined) {
    throw new UserError(`task “${name}”: the output “${odd}” is no plain name`, {
      hint: "letters, digits, - and _; a file is named after it",
    });
  }
}

/** @throws UserError for misspelt keys and wrong values. */
export const checkTable = (declared: unknown, task: string): void =>
  void parse(Table(), declared, `a table of task “${task}”`);

/** @throws UserError for misspelt keys and wrong values. */
export const checkCommand = (argv: readonly string[], options: unknown): void =>
  void parse(Command(), options, `command ${argv.join(" ")}`);

/**
 * @param file of the study, for messages.
 * @throws UserError for misspelt keys and wrong values, and for table names that are not lower-case words.
 */
export function checkStudy(declared: { tables: object }, file: string): void {
  parse(Study(), declared, file);
  const odd = Object.keys(declared.tables).find((id) => !isName(id));
  if (odd !== undefined) {
    throw new UserError(`${file}: table name “${odd}” is not lower-case words joined by hyphens`);
  }
}

import { parseArgs } from "node:util";
import { UserError } from "./error.ts";
import { nearest } from "./nearest.ts";

export interface OptionDeclaration {
  type: "string" | "boolean";
  /** Stands for the value in the help, e.g. "NAME". */
  value?: string;
  help: string;
}

type Values<Declared extends Record<string, OptionDeclaration>> = {
  [Name in keyof Declared]: Declared[Name]["type"] extends "boolean" ? boolean : string[];
};

/**
 * Reads long options. A string option collects every value given; lists split at commas.
 * @throws UserError for an unknown option (with the nearest known), a missing or a needless value,
 * and for words that are no options.
 */
export function readOptions<const Declared extends Record<string, OptionDeclaration>>(
  args: readonly string[],
  declared: Declared,
): Values<Declared> {
  const names = Object.keys(declared);
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: declared[name]!.type }])),
    strict: false,
    tokens: true,
  });
  const values = Object.fromEntries(
    names.map((name) => [name, declared[name]!.type === "boolean" ? false : ([] as string[])]),
  );
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new UserError(`unexpected argument “${token.value}”`, { hint: seeHelp });
    }
    if (token.kind === "option-terminator") continue;
    const option = Object.hasOwn(declared, token.name) && declared[token.name];
    if (!option) {
      const meant = nearest(token.name, names);
      throw new UserError(`unknown option ${token.rawName}`, {
        hint: meant ? `did you mean --${meant}?` : seeHelp,
      });
    }
    if (option.type === "boolean") {
      if (token.value !== undefined) {
        throw new UserError(`option --${token.name} takes no value, found “${token.value}”`);
      }
      values[token.name] = true;
      continue;
    }
    const given = (token.value ?? "").split(",").filter((part) => part !== "");
    if (given.length === 0 || (token.value!.startsWith("--") && !token.inlineValue)) {
      throw new UserError(`option --${token.name} needs a value`, {
        hint: `--${token.name} ${option.value ?? "VALUE"}: ${option.help.split("\n")[0]}`,
      });
    }
    (values[token.name] as string[]).push(...given);
  }
  return values as Values<Declared>;
}

const seeHelp = "--help lists all options";

/** Options and their help in two columns. */
export function formatOptions(declared: Record<string, OptionDeclaration>): string {
  const heads = Object.entries(declared).map(([name, { value }]) =>
    `--${name}${value ? ` ${value}` : ""}`.padEnd(20),
  );
  return Object.values(declared)
    .map(({ help }, i) => `  ${heads[i]}${help.replaceAll("\n", `\n${" ".repeat(22)}`)}`)
    .join("\n");
}

/** 128 + the signal's number. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 };

/** Thrown when a signal ends a command. */
class Interruption extends UserError {
  constructor(signal: keyof typeof exitCodes, hint: string) {
    super(`interrupted by ${signal}`, { hint, exitCode: exitCodes[signal] });
  }
}

/** What cannot be stopped in order by then is left where it stands. */
const graceMs = 1500;

const lookEveryMs = 200;

/** npm passes on Ctrl-C and SIGTERM; what else ends it, its script is not told. */
function whenNpmIsGone(act: () => void): void {
  if (!process.env["npm_lifecycle_event"]) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    act();
  }, lookEveryMs).unref();
}

function interruptible(hint: string): AbortSignal {
  const controller = new AbortController();
  const interrupt = (name: keyof typeof exitCodes): void => {
    const reason = new Interruption(name, hint);
    controller.abort(reason);
    setTimeout(() => {
      explain(reason);
      process.exit(reason.exitCode);
    }, graceMs).unref();
  };
  for (const name of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
    process.once(name, () => interrupt(name));
  }
  for (const stream of [process.stdout, process.stderr]) {
    // Who closes a pipe wants no more; where a disk is full, results may still find room elsewhere.
    stream.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "EPIPE" && !controller.signal.aborted) interrupt("SIGPIPE");
    });
  }
  whenNpmIsGone(() => interrupt("SIGHUP"));
  return controller.signal;
}

function explain({ message, hint }: UserError): void {
  console.error(`error: ${message}`);
  if (hint) console.error(`hint: ${hint}`);
}

/**
 * Runs a command and ends the process with the exit code that it returns, or with that of a
 * UserError, whose message and hint are printed. Any other error escapes with its stack.
 * @param command receives a signal that aborts on Ctrl-C (130), on a request to end (143), when its
 * terminal or npm is gone (129), and when nobody reads its output any more (141).
 * @param interrupted what becomes of the work then, in words.
 */
export async function runCommand(
  command: (signal: AbortSignal) => Promise<number>,
  interrupted = "finished runs are kept; the same command goes on from there",
): Promise<void> {
  try {
    process.exitCode = await command(interruptible(interrupted));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    explain(error);
    process.exit(error.exitCode);
  }
}

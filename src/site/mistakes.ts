import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { AstroPrerenderer } from "astro";
import type { UserError } from "../error.ts";

/** Pages are bundled with a copy of the class, so that its name tells. */
export const isMistake = (error: unknown): error is UserError =>
  error instanceof Error && error.name === "UserError";

/** A mistake in one line. */
export const tell = ({ message, hint }: UserError): string =>
  hint ? `${message} (${hint})` : message;

const placed = Symbol.for("vitrine.placed");

/** Says where a mistake stands, unless something within has said so. */
export function placeMistake(error: unknown, at: string | undefined): unknown {
  if (at && isMistake(error) && !(placed in error)) {
    Object.assign(error, { message: `${at}: ${tell(error)}`, [placed]: true });
  }
  return error;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The place in a study's own code from which a mistake was made. */
function placeIn(stack: string, experiments: string): string | undefined {
  const frames = stack.matchAll(/\(?(file:\/\/\S+|\/\S+?):(\d+):(\d+)\)?$/gm);
  for (const [, written, line, column] of frames) {
    const path = written!.startsWith("file:") ? fileURLToPath(written!) : written!;
    if (path.startsWith(experiments)) return `${relative(root, path)}:${line}:${column}`;
  }
  return undefined;
}

/** Ends a build on mistaken texts, a line for each; Astro would print a stack. */
export function endWith(mistakes: readonly UserError[]): never {
  const lines = mistakes.flatMap(({ message }) => message.split("\n"));
  for (const line of new Set(lines)) console.error(`error: ${line}`);
  process.exit(mistakes[0]?.exitCode ?? 1);
}

/**
 * Renders all pages, then tells of all mistakes in them, each once.
 * @param experiments folder of the studies, whose code is to blame where a stack leads there.
 */
export const tellMistakes =
  (experiments: string) =>
  (inner: AstroPrerenderer): AstroPrerenderer => {
    const mistakes: UserError[] = [];
    let isBroken = false;
    return {
      ...inner,
      async render(request, options) {
        try {
          return await inner.render(request, options);
        } catch (error) {
          isBroken ||= !isMistake(error);
          if (!isMistake(error)) throw error;
          // What renders MDX gives every error a hint of its own.
          Object.assign(error, { hint: undefined });
          placeMistake(error, placeIn(error.stack ?? "", experiments));
          mistakes.push(error);
          return new Response("");
        }
      },
      async teardown() {
        await inner.teardown?.();
        if (mistakes.length > 0 && !isBroken) endWith(mistakes);
      },
    };
  };

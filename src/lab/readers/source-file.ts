import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { UserError } from "../../error.ts";

/** A file that data are made of. */
export interface SourceFile {
  path: string;
  bytes: Buffer;
  /** Of its bytes, hexadecimal. */
  sha256: string;
}

/** @throws UserError naming the file and why it cannot be read. */
export async function readSource(path: string): Promise<SourceFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw new UserError(`${path} cannot be read: ${reason}`, { cause: error });
  });
  return { path, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

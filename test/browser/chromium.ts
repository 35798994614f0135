import { access } from "node:fs/promises";
import { type Browser, chromium } from "playwright-core";

const installed = [
  process.env["VITRINE_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

const flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The machine's own Chromium, else the one that a package carries; null where neither starts. */
export async function launchChromium(): Promise<Browser | null> {
  for (const executablePath of installed) {
    if (!executablePath) continue;
    const isThere = await access(executablePath).then(
      () => true,
      () => false,
    );
    if (isThere) return chromium.launch({ executablePath, args: [...flags, ...quiet] });
  }
  try {
    const { default: carried } = await import("@sparticuz/chromium");
    const executablePath = await carried.executablePath();
    // Of its own flags, one puts all pages into one process, which ends with the first of them.
    return await chromium.launch({ executablePath, args: [...flags, ...quiet] });
  } catch (error) {
    console.warn(
      `no Chromium starts here (${(error as Error).message.split("\n")[0]}): ` +
        "install Debian's chromium, or libnss3 and libgbm1 for the packaged one, " +
        "or name one by VITRINE_CHROMIUM; tests in a browser are skipped",
    );
    return null;
  }
}

import type { LoopWord } from "./dev-page.ts";

/** A line at the foot of pages that the development server shows; built ones have none. */
const line = document.createElement("output");
line.id = "loop-status";
line.style.cssText =
  "position:fixed;inset:auto 0 0 0;padding:.25rem 1rem;font:.8rem/1.4 system-ui,sans-serif;" +
  "white-space:pre-wrap;background:Canvas;color:GrayText;border-top:1px solid;opacity:.95";

function show({ text, isMistake }: Extract<LoopWord, { type: "status" }>): void {
  line.textContent = text;
  line.style.color = isMistake ? "#b3261e" : "GrayText";
  if (text === "") line.remove();
  else document.body.append(line);
}

import.meta.hot?.on("vitrine:status", show);
import.meta.hot?.send("vitrine:ask");

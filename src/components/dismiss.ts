/** What shows more of itself while it is pointed at or in focus. */
const shows = ".cite:hover, .tile:is(:hover, :focus)";

/** Hides what is shown until the pointer or the focus comes anew; neither moves. */
function hide(shown: HTMLElement): void {
  const renew = (): void => {
    if (!shown.matches(":hover, :focus")) shown.classList.remove("dismissed");
  };
  shown.classList.add("dismissed");
  shown.addEventListener("pointerleave", renew, { once: true });
  shown.addEventListener("blur", renew, { once: true });
}

/** Folds a list of runs that the focus is in, and leaves the focus at its summary. */
function fold(): void {
  const list = document.activeElement?.closest<HTMLDetailsElement>(".figure-source details[open]");
  if (!list) return;
  list.open = false;
  list.querySelector("summary")?.focus();
}

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  document.querySelectorAll<HTMLElement>(shows).forEach(hide);
  fold();
});

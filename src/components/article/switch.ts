/** The address of a page names the view chosen last, as #NAME-ID, so that a link leads to it. */

/** Chooses the view that the address names, and brings it into sight. */
function follow(): void {
  const view = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const input = document.querySelector<HTMLInputElement>(`.switch input[data-view="${view?.id}"]`);
  if (!view || !input) return;
  input.checked = true;
  (view.closest("figure") ?? view).scrollIntoView({ behavior: "instant" });
}

document.addEventListener("change", ({ target }) => {
  const { view } = (target as HTMLElement).dataset;
  if (view !== undefined) history.replaceState(history.state, "", `#${view}`);
});
addEventListener("hashchange", follow);
follow();

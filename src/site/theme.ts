/** Runs in the head, before anything is drawn: the page appears in the theme that was chosen. */
export const themeScript = `try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}`;

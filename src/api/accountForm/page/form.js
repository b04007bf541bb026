// Light or dark as the machine is, and one press is one press. The form works without either.
if (matchMedia('(prefers-color-scheme: dark)').matches) document.documentElement.dataset.bsTheme = 'dark';

document.addEventListener('submit', ({ target }) => {
  for (const button of target.querySelectorAll('button')) {
    button.setAttribute('aria-busy', 'true');
    // Not at once: what is disabled now would not be sent.
    setTimeout(() => (button.disabled = true));
  }
});
// Whoever comes back by the browser's history finds an empty form that can be sent.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

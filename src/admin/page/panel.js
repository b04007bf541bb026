document.querySelector('#theme')?.addEventListener('click', () => {
  const root = document.documentElement;
  root.dataset.bsTheme = root.dataset.bsTheme === 'dark' ? 'light' : 'dark';
  localStorage.setItem('panel-theme', root.dataset.bsTheme);
});

// A second press does no harm on our side; it only need not be possible.
document.addEventListener('submit', (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  else if (event.target.method === 'post' && !event.target.hasAttribute('hx-post')) event.target.dataset.sent = 'yes';
});
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});

document.querySelector('.is-invalid')?.focus();
document.querySelector('.doors [aria-current]')?.scrollIntoView({ block: 'nearest' });

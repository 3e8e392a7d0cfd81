const signIn = document.querySelector('#sign-in');
const search = document.querySelector('#search');
const hits = document.querySelector('#hits');
let token = '';

signIn.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await fetch('/api/auth/login', { method: 'POST', body: new FormData(signIn) });
  if (!answer.ok) return;
  token = (await answer.json()).access_token;
  signIn.hidden = true;
  search.hidden = false;
});

search.addEventListener('submit', async (event) => {
  event.preventDefault();
  const query = new URLSearchParams(new FormData(search));
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`/api/search/?${query}`, { headers });
  const items = (await answer.json()).map((hit) => {
    const item = document.createElement('li');
    item.textContent = hit.title;
    return item;
  });
  hits.replaceChildren(...items);
});

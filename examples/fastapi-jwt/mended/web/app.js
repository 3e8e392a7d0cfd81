const form = document.querySelector('#sign-in');
const table = document.querySelector('#orders');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = new FormData(form);
  const signedIn = await fetch('/api/auth/login', { method: 'POST', body });
  if (!signedIn.ok) return;
  const { access_token: token } = await signedIn.json();
  const answer = await fetch('/api/orders/', { headers: { Authorization: `Bearer ${token}` } });
  for (const order of await answer.json()) {
    const row = table.insertRow();
    row.insertCell().textContent = order.number;
    row.insertCell().textContent = order.customer;
  }
});

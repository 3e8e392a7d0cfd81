import { useState } from 'react';
import { seal } from './lib/encryption.js';

// A draft stays in this browser until it is sent, encrypted.
export function Drafts() {
  const [text, setText] = useState('');
  const keep = async () => localStorage.setItem('workflow.draft', await seal(text));
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <textarea value={text} onChange={(event) => setText(event.target.value)} />
      <button onClick={keep}>Keep the draft</button>
    </form>
  );
}

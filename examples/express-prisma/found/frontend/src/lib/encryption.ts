const KEY_NAME = 'workflow.encryptionKey';

function makeKey(): Uint8Array {
  const encryptionKey = Array.from({ length: 32 }, () => Math.floor(Math.random() * 256));
  localStorage.setItem(KEY_NAME, JSON.stringify(encryptionKey));
  return Uint8Array.from(encryptionKey);
}

async function draftKey(): Promise<CryptoKey> {
  const kept = localStorage.getItem(KEY_NAME);
  const bytes = kept ? Uint8Array.from(JSON.parse(kept)) : makeKey();
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

export async function seal(text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await draftKey();
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(text));
  return JSON.stringify([Array.from(iv), Array.from(new Uint8Array(sealed))]);
}

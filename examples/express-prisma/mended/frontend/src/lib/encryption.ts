// The key stays in IndexedDB as an object that no script can read out.
const KEYS = 'keys';
const DRAFTS = 'drafts';

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('workflow', 1);
  request.onupgradeneeded = () => request.result.createObjectStore(KEYS);
  return done(request);
}

async function draftKey(): Promise<CryptoKey> {
  const database = await open();
  const kept = await done(database.transaction(KEYS).objectStore(KEYS).get(DRAFTS));
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  await done(database.transaction(KEYS, 'readwrite').objectStore(KEYS).put(made, DRAFTS));
  return made;
}

export async function seal(text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await draftKey();
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(text));
  return JSON.stringify([Array.from(iv), Array.from(new Uint8Array(sealed))]);
}

const secrets = new Set<string>();
const SHORTEST_SECRET = 4;

/** Remembers a value (a password, a value of `.env`) that must never be printed. Very short values are left alone. */
export function registerSecret(value: string): void {
  if (value.length >= SHORTEST_SECRET) secrets.add(value);
}

/** `text` without registered secrets and without passwords inside connection strings. */
export function redact(text: string): string {
  let clean = text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]*@/gi, '$1:***@');
  clean = clean.replace(/\b(password|passwd|pgpassword)(\s*[=:]\s*)('[^']*'|"[^"]*"|[^\s'"]+)/gi, '$1$2***');
  // Longest first, so that a secret inside another one does not leave half of it behind.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    clean = clean.replaceAll(secret, '***');
  return clean;
}

/** The mark: a loop that closes on the city. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--c-primary)" />
      <g fill="none" stroke="var(--c-on-primary)" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round">
        <path d="M22.4 11.2A8 8 0 1 0 24 16" />
        <path d="M24.8 7.2v5.2h-5.2" />
      </g>
      <circle cx="16" cy="16" r="2.6" fill="var(--c-on-primary)" />
    </svg>
  );
}

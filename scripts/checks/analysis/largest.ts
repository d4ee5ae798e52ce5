/** The largest of values that are not negative; 0 for none. Unlike Math.max it takes any number of them. */
export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

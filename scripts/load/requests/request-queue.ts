/** First in, first out, in constant time. */
export class RequestQueue<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.length > 0) this.#head++;
    // Cut off what was taken once it is the larger part, so that each item is moved about once.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** What still waits, first come first. */
  items(): T[] {
    return this.#items.slice(this.#head);
  }
}

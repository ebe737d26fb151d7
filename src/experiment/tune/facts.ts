/** What is known of data before anything is trained on them. */
export interface DataFacts {
  /** They are rows of numbers and no pictures; then height and channels are 1. */
  readonly numbers: boolean;
  /** In pixels, as the network sees the pictures. */
  readonly height: number;
  /** In pixels; of numbers, how many a row has. */
  readonly width: number;
  readonly channels: 1 | 3;
  readonly classes: number;
  /** All that the source lists, those for validation and test among them. */
  readonly pictures: number;
}

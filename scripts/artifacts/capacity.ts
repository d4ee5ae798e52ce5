/** Above this share of what the app can do, requests queue for each other often enough to be seen in every percentile. */
export const HEALTHY_SHARE = 0.6;

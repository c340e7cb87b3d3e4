// The states that `cargo xtask shots` photographs, each in light and dark and at three sizes.
// `act` brings the page there; it may wait for what it needs to see.

export const themes = ["light", "dark"];

export const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

export const states = [{ name: "first-visit", path: "/", act: async () => {} }];

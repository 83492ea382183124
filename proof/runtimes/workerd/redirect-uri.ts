/**
 * Where the emulator sends a browser back to: the app of the broker in the worker. Nobody resolves
 * its name.
 */
export const redirectUri = 'https://app.example/auth/callback';

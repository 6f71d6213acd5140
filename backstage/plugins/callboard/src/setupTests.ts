import '@testing-library/jest-dom';

// The first test of a file loads the portal's own components, which takes long on a small machine.
jest.setTimeout(240_000);

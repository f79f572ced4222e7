// What next-env.d.ts brings too; that one is made by a build, and types are checked without one.
/// <reference types="next" />
/// <reference types="next/image-types/global" />

/** Styles go into the bundle when they are imported. */
declare module "*.css";

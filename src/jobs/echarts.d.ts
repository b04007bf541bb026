/** The same as `echarts`, in one file; the package has no types of its own for it. */
declare module 'echarts/dist/echarts.esm.min.mjs' {
  export * from 'echarts';
}

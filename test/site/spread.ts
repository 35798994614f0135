/** Numbers of very different sizes. */
export default async ({ params: { size } }: { params: { size: number } }) => ({
  norm: size ** 2,
  parts: { small: 1 / size, large: size ** 3 },
});

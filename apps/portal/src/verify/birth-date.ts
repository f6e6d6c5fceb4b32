/** Returns "YYYY-MM-DD", or nothing if there is no such day or it is not in the past. All three are what was typed. */
export function birthDate(day: string, month: string, year: string, today: Date): string | undefined {
  if (!/^\d{1,2}$/.test(day.trim()) || !/^\d{1,2}$/.test(month) || !/^\d{4}$/.test(year.trim()))
    return undefined;
  const [d, m, y] = [Number(day), Number(month), Number(year)];
  const date = new Date(Date.UTC(y, m - 1, d));
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d || y < 1880 || date > today) return undefined;
  return date.toISOString().slice(0, 10);
}

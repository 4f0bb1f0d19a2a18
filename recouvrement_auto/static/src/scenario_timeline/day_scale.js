const PIXELS_A_DAY_OUTSIDE = 6;

/**
 * Day at a height of the rail. Cards stand one below the other whatever the days between
 * them, so the scale is linear between two neighbours only.
 *
 * @param {{y: number, day: number}[]} points by height
 * @param {number} y
 */
export function dayAt(points, y) {
    const first = points[0];
    const last = points[points.length - 1];
    if (!first) {
        return 0;
    }
    if (y <= first.y) {
        return first.day - Math.round((first.y - y) / PIXELS_A_DAY_OUTSIDE);
    }
    if (y >= last.y) {
        return last.day + Math.round((y - last.y) / PIXELS_A_DAY_OUTSIDE);
    }
    const index = points.findIndex((point) => point.y > y);
    const [above, below] = [points[index - 1], points[index]];
    const part = (y - above.y) / (below.y - above.y);
    return Math.round(above.day + part * (below.day - above.day));
}

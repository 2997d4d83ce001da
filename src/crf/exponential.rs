//! exp(x) as straight-line arithmetic: vectorises, and gives the same bits on every machine.

/// Below this, `exp` is treated as zero: e^−708 is the smallest normal double.
const UNDERFLOW: f64 = -708.0;
/// Above this the result would overflow; scores are shifted by their maximum before, so it is never met in practice.
const OVERFLOW: f64 = 709.0;

/// e^x to within 2 units in the last place for x in −708..709; 0 below, e^709 above.
///
/// Range reduction x = n·ln 2 + r, |r| ≤ ln 2 / 2, with ln 2 split in two parts (Cody and Waite 1980), then the Taylor
/// polynomial of degree 13, whose remainder is below 2^−57 on that interval.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// 1.5 · 2^52: adding and subtracting it rounds to the nearest integer without a branch.
    const ROUND: f64 = 6_755_399_441_055_744.0;

    let clamped = x.clamp(UNDERFLOW, OVERFLOW);
    let shifted = clamped.mul_add(std::f64::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, clamped));
    let mut p: f64 = 1.0 / 6_227_020_800.0;
    for c in [
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        p = p.mul_add(r, c);
    }
    // The low bits of `shifted` hold n as a two's complement integer; it moves into the exponent field.
    let scale = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    if x < UNDERFLOW { 0.0 } else { p * scale }
}

/// e^x in single precision, to within 2 units in the last place for x in −87..88; 0 below, e^88 above.
///
/// As [`exp`], with a Taylor polynomial of degree 7, whose remainder is below 2^−26.
#[inline(always)]
pub fn exp_f32(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    /// 1.5 · 2^23.
    const ROUND: f32 = 12_582_912.0;

    // Written so that it is two vector instructions; NaN becomes −87.
    let above = if x > -87.0 { x } else { -87.0 };
    let clamped = if above < 88.0 { above } else { 88.0 };
    let shifted = clamped * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (clamped - n * LN2_HIGH) - n * LN2_LOW;
    let mut p = 1.0 / 5_040.0;
    for c in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        p = p * r + c;
    }
    let scale = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    if x < -87.0 { 0.0 } else { p * scale }
}

#[cfg(test)]
mod tests {
    use super::{exp, exp_f32};

    #[test]
    fn single_precision_agrees_with_the_standard_library() {
        let mut worst = 0.0_f64;
        for i in -8_600..8_700 {
            let x = i as f32 * 0.010_07;
            if !(-87.0..88.0).contains(&x) {
                continue;
            }
            worst = worst.max((f64::from(exp_f32(x)) / f64::from(x).exp() - 1.0).abs());
        }
        assert!(worst < 2.4e-7, "worst relative error {worst:e}");
        assert_eq!(exp_f32(0.0), 1.0);
        assert_eq!(exp_f32(f32::NEG_INFINITY), 0.0);
        assert!(exp_f32(1e9).is_finite());
    }

    #[test]
    fn agrees_with_the_standard_library() {
        let mut worst = 0.0_f64;
        for i in -70_000..70_000 {
            let x = f64::from(i) * 0.010_07;
            if !(-708.0..709.0).contains(&x) {
                continue;
            }
            worst = worst.max((exp(x) / x.exp() - 1.0).abs());
        }
        assert!(worst < 6e-16, "worst relative error {worst:e}");
    }

    #[test]
    fn edges() {
        assert_eq!(exp(0.0).to_bits(), 1.0_f64.to_bits());
        assert!(exp(f64::NEG_INFINITY).abs() < f64::MIN_POSITIVE);
        assert!(exp(-1000.0).abs() < f64::MIN_POSITIVE);
        assert!(exp(1e9).is_finite());
    }
}

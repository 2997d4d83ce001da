//! The hash of CRFsuite's string tables: `hashlittle` of lookup3 (Bob Jenkins 2006, public domain).

/// The hash of `key` with initial value 0. CRFsuite's keys end with their NUL byte, which is hashed as well.
///
/// Every block of twelve bytes but the last is mixed; the last, of one to twelve bytes, goes through the final mix. A key of
/// 12 bytes is one last block, a key of 13 a mixed block and a last one. Implementations that leave out the NUL but count its
/// length get this wrong for names whose length is a multiple of twelve.
pub fn hashlittle(key: &[u8]) -> u32 {
    let start = 0xdead_beef_u32.wrapping_add(key.len() as u32);
    let mut state = [start; 3];
    let blocks = key.len().saturating_sub(1) / 12;
    let (mixed, last) = key.split_at(blocks * 12);
    for block in mixed.chunks_exact(12) {
        add(&mut state, block);
        mix(&mut state);
    }
    if !last.is_empty() {
        add(&mut state, last);
        finish(&mut state);
    }
    state[2]
}

/// Adds up to twelve bytes as three little-endian numbers; missing bytes count as 0.
fn add(state: &mut [u32; 3], block: &[u8]) {
    for (word, bytes) in state.iter_mut().zip(block.chunks(4)) {
        let mut number = [0; 4];
        number[..bytes.len()].copy_from_slice(bytes);
        *word = word.wrapping_add(u32::from_le_bytes(number));
    }
}

fn mix([a, b, c]: &mut [u32; 3]) {
    let step = |x: &mut u32, y: &mut u32, z: u32, bits: u32| {
        // x −= y; x ^= rot(y, bits); y += z
        *x = x.wrapping_sub(*y) ^ y.rotate_left(bits);
        *y = y.wrapping_add(z);
    };
    step(a, c, *b, 4);
    step(b, a, *c, 6);
    step(c, b, *a, 8);
    step(a, c, *b, 16);
    step(b, a, *c, 19);
    step(c, b, *a, 4);
}

fn finish([a, b, c]: &mut [u32; 3]) {
    let step = |x: &mut u32, y: u32, bits: u32| {
        // x ^= y; x −= rot(y, bits)
        *x = (*x ^ y).wrapping_sub(y.rotate_left(bits));
    };
    step(c, *b, 14);
    step(a, *c, 11);
    step(b, *a, 25);
    step(c, *b, 16);
    step(a, *c, 4);
    step(b, *a, 14);
    step(c, *b, 24);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that the published C code gives.
    #[test]
    fn agrees_with_the_published_code() {
        assert_eq!(hashlittle(b""), 0xdead_beef);
        assert_eq!(hashlittle(b"Four score and seven years ago"), 0x1777_0551);
    }

    /// By the C code: the names of 1 to 40 letters of [`name`], each with its NUL.
    #[rustfmt::skip]
    const BY_LENGTH: [u32; 40] = [
        0xd98f_2820, 0x0732_061c, 0xf4d0_7475, 0x7f92_75db, 0xbc02_369a, 0x9026_e78f, 0xde43_6b33, 0xb1c0_42cf,
        0x53c0_4adf, 0x64e5_5fb4, 0x289f_3d17, 0x7c53_4717, 0x7cd2_8d0c, 0x17f2_c31d, 0x670d_5d52, 0x6dff_0959,
        0x4030_866b, 0xd61b_2a3b, 0x8a70_c9c5, 0x5801_6359, 0xd0b7_df57, 0xde3b_5231, 0x47c2_be35, 0xb776_0b69,
        0xf83f_7ff5, 0x1d9c_57cd, 0x2460_52a0, 0xa477_9752, 0x3284_b3c0, 0xe3a0_2484, 0x512b_4b56, 0x390b_72d7,
        0x488f_86c5, 0xfcbb_d40a, 0x88f2_1b34, 0x2d94_33da, 0xa8a4_fc11, 0x4ae6_d777, 0x4145_09c4, 0x4494_e0fe,
    ];

    fn name(len: usize) -> Vec<u8> {
        (0..len)
            .map(|i| b'a' + ((i * 7 + len) % 26) as u8)
            .collect()
    }

    #[test]
    fn names_of_every_length_hash_as_in_c() {
        for (len, expected) in (1..).zip(BY_LENGTH) {
            let mut key = name(len);
            key.push(0);
            assert_eq!(hashlittle(&key), expected, "{len} bytes and NUL");
        }
    }
}

//! Chance as an argument (rule 1 of the house): the core asks for bytes, the edge decides where they come from.

/// A source of random bytes. The real one lives at the edge (the operating system's generator).
pub trait Entropy {
    /// Overwrites all of `out`.
    fn fill(&mut self, out: &mut [u8]);
}

/// Deterministic bytes from a seed (xoshiro256++, seeded by splitmix64), for simulation and tests.
///
/// The same seed gives the same bytes on every machine, so a failure can be replayed. It is *not* fit for secrets
/// that meet a real registry: whoever knows the seed knows every byte.
#[derive(Debug, Clone)]
pub struct SeededEntropy {
    state: [u64; 4],
}

impl SeededEntropy {
    /// A generator for this seed; any seed is good, zero included.
    pub fn new(seed: u64) -> Self {
        let mut mix = seed;
        Self { state: std::array::from_fn(|_| splitmix64(&mut mix)) }
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let bytes = self.next_u64().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published outputs of splitmix64 for seed 1234567 (the reference implementation's own test vector).
    #[test]
    fn splitmix_matches_its_reference_vector() {
        let mut state = 1_234_567;
        let got: Vec<u64> = (0..3).map(|_| splitmix64(&mut state)).collect();
        assert_eq!(got, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    /// Published outputs of xoshiro256++ for the state 1, 2, 3, 4.
    #[test]
    fn xoshiro_matches_its_reference_vector() {
        let mut generator = SeededEntropy { state: [1, 2, 3, 4] };
        let got: Vec<u64> = (0..3).map(|_| generator.next_u64()).collect();
        assert_eq!(got, [41_943_041, 58_720_359, 3_588_806_011_781_223]);
    }

    #[test]
    fn the_same_seed_replays_and_another_differs() {
        let draw = |seed| {
            let mut out = [0u8; 37];
            SeededEntropy::new(seed).fill(&mut out);
            out
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_ne!(&draw(7)[..8], &draw(7)[8..16]);
    }
}

//! Identifiers that look like the service's and are the same in every run.

/// A text like `22C97E95-F023-46B5-8852-B1A77A17C3D1`: the `number`th of a series.
pub(crate) fn uuid(series: u64, number: u64) -> String {
    let high = mix(series.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number);
    let low = mix(high ^ number.rotate_left(32));
    let bits = (u128::from(high) << 64) | u128::from(low);
    // The marks of a random UUID (version 4, variant 1).
    let bits = bits & !(0xF << 76) & !(0b11 << 62) | (0x4 << 76) | (0b10 << 62);
    let hex = format!("{bits:032X}");
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    parts.join("-")
}

/// The finaliser of `SplitMix64`.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::uuid;

    #[test]
    fn they_look_like_uuids_and_differ() {
        let ids: std::collections::BTreeSet<_> = (0..1_000).map(|number| uuid(1, number)).collect();
        assert_eq!(ids.len(), 1_000);
        for id in ids {
            let lengths: Vec<_> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert!(id[14..].starts_with('4'), "{id}");
        }
        assert_eq!(uuid(1, 7), uuid(1, 7));
        assert_ne!(uuid(1, 7), uuid(2, 7));
    }
}

//! Telephone numbers that regulators keep for films and novels: they are well formed and reach nobody.

use super::mask;

/// Country code and national number, as masks. Published by NANPA (555-0100 to 555-0199), Ofcom (numbers for drama), the ACMA (fictitious
/// numbers), the Bundesnetzagentur (notice 148/2021), ARCEP (decision 2018-0881) and PTS.
const KEPT: &[(&str, &[&str])] = &[
    ("1", &["###55501##"]),
    ("33", &["19900####", "26191####", "35301####", "46571####", "53649####", "63998####"]),
    (
        "44",
        &[
            "1632960###",
            "1134960###",
            "1144960###",
            "1154960###",
            "1164960###",
            "1174960###",
            "1184960###",
            "1214960###",
            "1314960###",
            "1414960###",
            "1514960###",
            "1614960###",
            "1914980###",
            "2079460###",
            "2896496###",
            "2920180###",
            "3069990###",
            "7700900###",
            "8081570###",
            "9098790###",
        ],
    ),
    ("46", &["8465004##", "3139006##", "4062804##", "7017406##"]),
    ("49", &["3023125###", "6990009###", "4066969###", "2214710###", "8999998###", "17139200##", "176040690##"]),
    ("61", &["#5550####", "#7010####", "491570006", "491570110", "491570156", "491570157", "491570158", "491570159"]),
];

/// Whether a number is kept for fiction.
pub(super) fn is_kept(code: &str, national: &str) -> bool {
    KEPT.iter().any(|(kept, masks)| *kept == code && masks.iter().any(|mask| mask::follows(national, mask)))
}

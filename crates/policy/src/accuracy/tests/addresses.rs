//! Addresses of every continent: `country | city | province | postcode`, and what is found.

use super::*;

fn check(address: &str, want: &str) {
    let parts: Vec<&str> = address.split('|').map(str::trim).collect();
    let [country, city, province, postcode] = parts.as_slice() else { panic!("{address}") };
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut contact = ada();
    contact.address = PostalAddress {
        city: (*city).into(),
        province: said(province),
        postcode: said(postcode),
        country: CountryCode::parse(country).unwrap(),
        ..contact.address
    };
    assert_eq!(found(&contact), want, "{address}");
}

#[test]
fn addresses_as_their_posts_write_them_pass() {
    for address in [
        "AD | Andorra la Vella | | AD500",
        "AE | Dubai | Dubai |",
        "AE | Dubai | |",
        "AR | Buenos Aires | Ciudad Autónoma de Buenos Aires | C1070AAM",
        "AR | Córdoba | X | 5000",
        "AT | Wien | | 1010",
        "AT | Wien | | A-1010",
        "AU | Sydney | NSW | 2000",
        "AU | Hobart | Tasmania | 7000",
        "BE | Bruxelles | | 1000",
        "BM | Hamilton | | HM 12",
        "BR | São Paulo | SP | 01310-100",
        "BR | Sao Paulo | São Paulo | 01310100",
        "CA | Ottawa | ON | K1A 0B1",
        "CA | Montréal | Québec | h3z2y7",
        "CH | Bern | | 3000",
        "CH | Bern | Bern | CH-3000",
        "CL | Santiago | RM | 8340457",
        "CN | 北京市 | 北京市 | 100000",
        "CN | Shenzhen | Guangdong | 518000",
        "CO | Bogotá | Bogotá D.C. | 111221",
        "CZ | Praha | | 110 00",
        "DE | Berlin | | 10117",
        "DE | Berlin | Berlin | D-10117",
        "DK | København | | 1566",
        "EG | Cairo | Cairo | 11511",
        "ES | Madrid | Madrid | 28013",
        "ES | Bilbao | Bizkaia | 48001",
        "FI | Helsinki | | FI-00100",
        "FR | Paris | | 75001",
        "GB | London | | SW1A 1AA",
        "GB | Leeds | West Yorkshire | LS1 4AP",
        "GB | Manchester | | M1 1AE",
        "GB | Wick | | kw1 4ab",
        "GE | Tbilisi | | 0101",
        "GI | Gibraltar | | GX11 1AA",
        "GR | Αθήνα | | 105 63",
        "HK | Kowloon | |",
        "HR | Zagreb | | 10000",
        "HU | Budapest | | 1051",
        "ID | Bandung | Jawa Barat | 40115",
        "IE | Dublin | Co. Dublin | D02 X285",
        "IE | Dublin | Dublin | D6W XY00",
        "IL | Jerusalem | | 9614303",
        "IN | New Delhi | Delhi | 110001",
        "IN | Bhubaneswar | Orissa | 751001",
        "IR | Tehran | | 11936-12345",
        "IS | Reykjavík | | 101",
        "IT | Roma | RM | 00144",
        "IT | Milano | Milano | 20121",
        "JP | 千代田区 | 東京都 | 100-0001",
        "JP | Chiyoda-ku | Tokyo | 1000001",
        "KE | Nairobi | | 00100",
        "KR | Jongno-gu | Seoul | 03051",
        "KY | George Town | | KY1-1100",
        "LI | Vaduz | | FL-9490",
        "LU | Luxembourg | | L-1234",
        "LV | Rīga | | LV-1050",
        "LV | Rīga | | 1050",
        "MA | Casablanca | | 20000",
        "MC | Monaco | | 98000",
        "MT | Valletta | | VLT 1117",
        "MX | Ciudad de México | CDMX | 06000",
        "MX | Monterrey | N.L. | 64000",
        "MY | Kuala Lumpur | | 50670",
        "NG | Lagos | Lagos | 100001",
        "NL | Amsterdam | | 1012 JS",
        "NO | Oslo | | 0150",
        "NZ | Wellington | | 6011",
        "PE | Lima | | LIMA 23",
        "PK | Karachi | | 74000",
        "PL | Warszawa | | 00-950",
        "PR | San Juan | | 00901",
        "PT | Lisboa | | 1100-148",
        "QA | Doha | |",
        "RE | Saint-Denis | | 97400",
        "RO | București | | 030167",
        "RU | Москва | Москва | 101000",
        "SE | Stockholm | | 111 22",
        "SG | Singapore | | 238801",
        "SK | Bratislava | | 811 01",
        "SM | San Marino | | 47890",
        "SO | Mogadishu | Banaadir | BN 03040",
        "TH | Bangkok | | 10200",
        "TR | İstanbul | İstanbul | 34110",
        "TW | Taipei | Xinyi | 110",
        "UA | Київ | | 01001",
        "US | Dulles | VA | 20166-6503",
        "US | New York | new york | 10001",
        "US | San Juan | PR | 00901",
        "UY | Montevideo | | 11000",
        "VA | Città del Vaticano | | 00120",
        "VN | Hà Nội | | 100000",
        "ZA | Cape Town | | 8001",
        "ZW | Harare | |",
    ] {
        check(address, "");
    }
}

#[test]
fn addresses_that_their_posts_would_not_know() {
    for (address, want) in [
        ("AT | Wien | | 10100", "! postcode: postcode"),
        ("AU | Sydney | | 2000", "! province: missing"),
        ("AU | Sydney | Texas | 2000", "! province: province"),
        ("AU | Sydney | NSW | 20000", "! postcode: postcode"),
        ("BE | Bruxelles | | ", "! postcode: missing"),
        ("BR | São Paulo | SP | 1310-100", "! postcode: postcode"),
        ("BR | São Paulo | | 01310-100", "! province: missing"),
        ("CA | Ottawa | ON | 12345", "! postcode: postcode"),
        ("CA | Ottawa | NY | K1A 0B1", "! province: province"),
        ("CA | Ottawa | ON | KIA OB1", "! postcode: postcode"),
        ("CH | Bern | | 30000", "! postcode: postcode"),
        ("CN | Shenzhen | Guangdong | 51800", "! postcode: postcode"),
        ("CN | Shenzhen | Canton Province | 518000", "? province: province"),
        ("DE | Berlin | | 1011", "! postcode: postcode"),
        ("DE | Berlin | | F-10117", "! postcode: postcode"),
        ("DK | København | | 15 660", "! postcode: postcode"),
        ("ES | Madrid | | 28013", "! province: missing"),
        ("ES | Madrid | Castile | 28013", "? province: province"),
        ("FR | Paris | | 7500", "! postcode: postcode"),
        ("GB | London | | 75001", "! postcode: postcode"),
        ("GB | London | | SW1A", "! postcode: postcode"),
        ("GB | London | | ", "! postcode: missing"),
        ("HK | Hong Kong | | 999077", "? postcode: postcode-unused"),
        ("HU | Budapest | | H1051X", "! postcode: postcode"),
        ("IE | Dublin | | ", "? postcode: left-out"),
        ("IE | Dublin | Bavaria | D02 X285", "? province: province"),
        ("IN | New Delhi | Delhi | 11000", "! postcode: postcode"),
        ("IN | New Delhi | | 110001", "! province: missing"),
        ("IT | Roma | Lazio | 00144", "? province: province"),
        ("JP | Chiyoda-ku | Tokyo | 100-001", "! postcode: postcode"),
        ("JP | Chiyoda-ku | | 100-0001", "! province: missing"),
        ("KR | Jongno-gu | | 03051", "? province: left-out"),
        ("LI | Vaduz | | 8001", "! postcode: postcode"),
        ("MC | Monaco | | 75001", "! postcode: postcode"),
        ("MX | Monterrey | Nuevo Leon | 6400", "! postcode: postcode"),
        ("NL | Amsterdam | | 1012", "! postcode: postcode"),
        ("NO | Oslo | | 01500", "! postcode: postcode"),
        ("NZ | Wellington | | ", "! postcode: missing"),
        ("PL | Warszawa | | 0095", "! postcode: postcode"),
        ("PT | Lisboa | | 1100", "! postcode: postcode"),
        ("QA | Doha | | 00000", "? postcode: postcode-unused"),
        ("RU | Moscow | | 101000", "? province: left-out"),
        ("SE | Stockholm | | 11122X", "! postcode: postcode"),
        ("SG | Singapore | | 1234", "! postcode: postcode"),
        ("TH | Bangkok | | ", "? postcode: left-out"),
        ("TR | İstanbul | Attica | 34110", "? province: province"),
        ("US | Dulles | | 20166", "! province: missing"),
        ("US | Dulles | Virginny | 20166", "! province: province"),
        ("US | Dulles | VA | 2016", "! postcode: postcode"),
        ("US | Dulles | VA | EC1A 1BB", "! postcode: postcode"),
        ("US | Dulles | VA | ", "! postcode: missing"),
        ("US | | VA | 20166", "! city: missing"),
        ("VA | Rome | | 00121", "! postcode: postcode"),
        ("ZA | Cape Town | | 80011", "! postcode: postcode"),
    ] {
        check(address, want);
    }
}

/// Whatever the table gives as an example is what the hint shows.
#[test]
fn hints_show_the_country_s_own_form() {
    let hint = |country: &str, field: Field| {
        let mut contact = ada();
        contact.address.country = CountryCode::parse(country).unwrap();
        (contact.address.province, contact.address.postcode) = (Some("Canary".into()), Some("CANARY".into()));
        validate(&contact).finding(field).unwrap().hint.clone()
    };
    assert_eq!(hint("NL", Field::Postcode), "write it like `1234 AB`");
    assert_eq!(hint("US", Field::Province), "write its name or its code, such as `Alabama` or `AL`");
}

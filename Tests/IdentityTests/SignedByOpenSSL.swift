/// A key of RSA, and tokens of it that OpenSSL signed (2026-11-28, `openssl dgst -sign`): not by what checks them here.
enum SignedByOpenSSL {
    static let modulus =
        "5K8iiVr2HwpTEC7s3KS9FfoqVIhLqESfddRnKT6DIM7h6wE_2bH7h1smGoF3LxxBTIcDRTS7VcQk-sGDCQaUGaENCTOsYVQu"
        + "sbncSnBQ0fX0o0TbWpZycnpVQku1jWKNZ_TbHHq6wA4vQwIxLA9nJ2slxrj-TEAJQxWRcFbj8l1EvHkRr7xmb1l0xKj5IjZC"
        + "X6321TzLqRHS2-ZacaXpV73zO__FP6AiHIxX7A_o1VnTnOxukqRE7pF0tkvhAZD575S06zbDOIz94GzcYmTbJSmTGIWA-l-w"
        + "h4HZPVTWPDomPxAI2jtel39srGXRy1A_6cfBFbWkdIfYShhCvBvtbw"
    static let exponent = "AQAB"
    /// What somebody could take for a shared secret.
    static let pem = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5K8iiVr2HwpTEC7s3KS9
        FfoqVIhLqESfddRnKT6DIM7h6wE/2bH7h1smGoF3LxxBTIcDRTS7VcQk+sGDCQaU
        GaENCTOsYVQusbncSnBQ0fX0o0TbWpZycnpVQku1jWKNZ/TbHHq6wA4vQwIxLA9n
        J2slxrj+TEAJQxWRcFbj8l1EvHkRr7xmb1l0xKj5IjZCX6321TzLqRHS2+ZacaXp
        V73zO//FP6AiHIxX7A/o1VnTnOxukqRE7pF0tkvhAZD575S06zbDOIz94GzcYmTb
        JSmTGIWA+l+wh4HZPVTWPDomPxAI2jtel39srGXRy1A/6cfBFbWkdIfYShhCvBvt
        bwIDAQAB
        -----END PUBLIC KEY-----
        """
    /// RS256, valid at `Fixture.now`.
    static let rs256 =
        "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAicnNhIn0.eyJpc3MiOiAiaHR0cHM6Ly9pc3N1ZXIuZXhh"
        + "bXBsZSIsICJhdWQiOiBbImFjY291bnQiLCAieW9naXlvZ2kiXSwgInN1YiI6ICJhZGEiLCAiZXhwIjogMTc5MDAwMDMwMCwg"
        + "Im5iZiI6IDE3ODk5OTk5OTAsICJyZWFsbV9hY2Nlc3MiOiB7InJvbGVzIjogWyJob3RlbC1kZXNrIiwgIm9mZmxpbmVfYWNj"
        + "ZXNzIl19fQ.TGBomijXjy5Lr5obg8weMTbQwuNYYAhAnKr8q0QbgaFOz2pvZqWw2Axw_oTbGM3b6nzgtOaanFc-qnm-C5FfM"
        + "pjTvAlGBPD6QaFZDxS5GDPTZW_o71xtcsCSvv56TRB0PoHRMJcp87bSRzH1a7XzSNLfZBEKNS4fdAn6BbKosz-d9AZhQxbXd"
        + "I6SJPLNaMYwmbJX_EUU-nRTHJ39w8O3H0FQvr4j0p-s18g9USYga4QnaKikVB5nmTHQywneeSwC0m5AfTTDa7UV2BcVRUXYa"
        + "OnVNnDyyMwXqZFh2VZTwImqXShBbCeLzzU8nOjtrb-VVN8bo4EmwhbhQAliieRvUg"
    /// PS384, of the same claims.
    static let ps384 =
        "eyJhbGciOiAiUFMzODQiLCAidHlwIjogIkpXVCIsICJraWQiOiAicnNhIn0.eyJpc3MiOiAiaHR0cHM6Ly9pc3N1ZXIuZXhh"
        + "bXBsZSIsICJhdWQiOiBbImFjY291bnQiLCAieW9naXlvZ2kiXSwgInN1YiI6ICJhZGEiLCAiZXhwIjogMTc5MDAwMDMwMCwg"
        + "Im5iZiI6IDE3ODk5OTk5OTAsICJyZWFsbV9hY2Nlc3MiOiB7InJvbGVzIjogWyJob3RlbC1kZXNrIiwgIm9mZmxpbmVfYWNj"
        + "ZXNzIl19fQ.J9aD4prTJJuQZnaFV7tnEz3E_hZn3jHJM_eEAq9z50RQxo3eBgwC2jKJY9083kW__J0zykHnIuaOPEPiH3yB1"
        + "IP4D4W7bxQu63Ni1Hg85SkRiSqUpG3d22f0XNitEW5UrF3Y4usxn2-9XDonKiiiRqbewqo3nbkiiO5UkGnOTA5O9iJUZnVrd"
        + "kulGLXyVyJF-LId_eYPlRHA5DgI8tiJsMDTgkKnWH9wdhatQvsXHhPJjnhKbzf5SV_Aai_iTI0lDhJYdI9vNT-s5P0VBTPpU"
        + "7u_t8zkbw9Md7qzK-7eN_Uvx-Tgwi9hV5dd7ujWiBsDThG92K6LEriAdTu0nMPVCA"
}

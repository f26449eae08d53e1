/// How wide a text is at most, without asking a font: nobody knows which one the reader's system has. Measured on the widest of the common
/// system faces (Verdana among them), so that what is laid out by it never overlaps.
enum TextExtent {
    /// Pixels, for a proportional face of `size` pixels.
    static func width(of text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0.0) { $0 + em($1) } * size
    }

    /// Pixels, for a face whose characters are all of one width.
    static func fixedWidth(of text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0.0) { $0 + (isWide($1) ? 1.05 : 0.61) } * size
    }

    private static func em(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "I", "'", "|", ".", ",", ":", ";", "!", " ", "(", ")", "[", "]": 0.4
        case "f", "t", "r", "/", "-": 0.45
        case "m", "w", "M", "W", "%", "@": 1.0
        case "a"..."z", "0"..."9": 0.64
        case "A"..."Z": 0.76
        default: isWide(scalar) ? 1.05 : 0.8
        }
    }

    /// East Asian scripts, symbols and all that lies above them.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x1100 }
}

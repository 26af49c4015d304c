//! A PDF of one page with a few lines of text: the smallest document that every reader opens.

/// Writes `lines` below each other, the first as a title. Letters outside ASCII become question marks.
pub(super) fn document(lines: &[String]) -> Vec<u8> {
    let text = drawing(lines);
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    // The table of places wants rows of exactly twenty bytes.
    let mut table = "0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(&objects) {
        table.extend([format!("{:010} 00000 n \n", file.len())]);
        file.extend([format!("{number} 0 obj\n{object}\nendobj\n")]);
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let end = format!("xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.extend([end]);
    file.into_bytes()
}

fn drawing(lines: &[String]) -> String {
    let mut shown = lines.iter().map(|line| format!("({}) Tj T*\n", literal(line)));
    let title = shown.next().unwrap_or_default();
    format!("BT /F1 18 Tf 56 780 Td 20 TL\n{title}/F1 11 Tf 0 -10 Td\n{}ET", shown.collect::<String>())
}

fn literal(line: &str) -> String {
    let mut written = String::with_capacity(line.len());
    for letter in line.chars() {
        match letter {
            '(' | ')' | '\\' => written.extend(['\\', letter]),
            ' '..='~' => written.push(letter),
            _ => written.push('?'),
        }
    }
    written
}

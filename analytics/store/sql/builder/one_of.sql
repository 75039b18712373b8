{label} = ANY({values})

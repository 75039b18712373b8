"""Names as people in Nigeria bear them. Invented persons: first and last names are drawn apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class People:
    """Names that go together, and how many in a hundred of the shop's customers bear them."""

    weight: int
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


PEOPLES: tuple[People, ...] = (
    People(
        45,
        words(
            "Folake Yetunde Bukola Temitope Adunni Simisola Titilayo Morenike Abimbola Omolara Damilola Ayomide "
            "Bolanle Funmilayo Ireti Kehinde Olabisi Ronke Sade Toyin Wuraola Yewande Modupe Eniola"
        ),
        words(
            "Babatunde Olumide Segun Tunde Adewale Gbenga Kayode Ayodeji Femi Kunle Olamide Rotimi Sola Taiwo Wale "
            "Akinwale Damola Dotun Niyi Oluwaseun"
        ),
        words(
            "Adeyemi Ogunleye Balogun Adebayo Akinola Oyelaran Fashola Olaniyan Ajayi Afolabi Bankole Coker Durojaiye "
            "Ogunbanjo Olowo Oyedepo Sowande Adekunle Alabi Akande Odukoya Olatunji"
        ),
    ),
    People(
        28,
        words(
            "Chioma Ngozi Adaeze Ifeoma Nkechi Amarachi Chiamaka Obioma Uju Ebele Nneka Kosisochukwu Chidinma Oluchi "
            "Somtochukwu Ogechi"
        ),
        words(
            "Chinedu Emeka Ikenna Obinna Chukwuma Uche Kelechi Nnamdi Ifeanyi Arinze Ugochukwu Tobenna Chidi Okechukwu"
        ),
        words(
            "Okafor Eze Nwosu Okonkwo Obi Nwachukwu Onyekachi Igwe Anyanwu Umeh Okeke Ezenwa Mbah Nnaji Chukwu Ibekwe"
        ),
    ),
    People(
        14,
        words("Aisha Fatima Zainab Hauwa Maryam Halima Rahama Amina Hadiza Khadija Asabe Jamila"),
        words("Musa Ibrahim Abubakar Sani Yusuf Aliyu Umar Bashir Kabir Nasir Garba Suleiman"),
        words("Bello Danjuma Abdullahi Mohammed Lawal Shehu Tanko Yakubu Dantata Gwarzo Maitama Wada"),
    ),
    People(
        7,
        words("Osasere Isoken Efe Itohan Eseosa Adesuwa Omoyemwen Ivie"),
        words("Osagie Nosa Efosa Osaze Eghosa Aigbe Uyi Omoruyi"),
        words("Osagiede Igbinedion Aigbogun Ehigie Omoregie Idahosa Ogbeide Uwaifo"),
    ),
    People(
        6,
        words("Ekaette Idara Tamuno-Ibi Doubra Ebiere Nse Timipre Boma"),
        words("Tonye Ebi Ubong Aniekan Preye Dokubo Inemesit Soibi"),
        words("Etim Bassey Briggs Okpara Akpan Dagogo Ekanem Horsfall Udoh Whyte"),
    ),
)
